"""Messages: in words, in the inbox, on their way out, in the calendar."""
