"""The star by OData v4, for Excel, Power BI and whatever else speaks it: a person's rows and no others."""
