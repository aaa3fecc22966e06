"""Every act × every person × every state: what is expected, the walks, the people."""
