"""What if: price, churn and capacity, as sums whose every number shows its formula."""
