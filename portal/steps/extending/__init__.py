"""延期督办、免于督办: asking, by word first where time is short, and deciding (第十九条)."""
