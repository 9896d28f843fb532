"""Why somebody got a reward, or did not: for staff with every step, for the person with what they may know."""
