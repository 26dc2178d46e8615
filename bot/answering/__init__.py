"""From hits to an answer: joining, quoting and deciding how sure. Pure: no database, network, clock or Discord."""
