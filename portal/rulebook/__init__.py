"""The rule-book as code: what it says, who is who, what may be done and when. Knows no page."""
