"""Where a figure is going: forecasts of monthly, weekly and other series, with intervals their own past bears out."""
