"""Looking ahead: what stands where, what is missing, and what other policies would say."""
