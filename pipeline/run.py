"""Plans the work and wires the stages."""
