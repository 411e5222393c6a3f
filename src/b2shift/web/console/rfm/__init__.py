"""The RFM grid."""
