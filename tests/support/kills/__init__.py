"""Acts on a prepared data folder that are killed at a drawn point, and what is looked at afterwards."""
