"""The shapes `/api/v1` answers with; names in English, as in the lake."""
