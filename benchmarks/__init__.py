"""How long things take, always beside a peer in the same run; README.md says what the numbers mean."""
