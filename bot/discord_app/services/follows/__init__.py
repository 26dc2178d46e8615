"""Questions that people follow: which library answers them, and how they are kept, listed and ended."""
