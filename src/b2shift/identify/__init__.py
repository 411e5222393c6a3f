"""Who the customer is: bring sources in, clean, resolve identities, respect consent, publish the golden tables."""
