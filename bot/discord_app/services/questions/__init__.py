"""From what people ask to the cards that answer: answers, passages, videos, and what their buttons remember."""
