"""What people decide about doubtful readings: records that only grow, and what is in force."""
