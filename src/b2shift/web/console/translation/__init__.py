"""What the engine wrote in Portuguese, read back with the templates it was written with and translated into English."""

from b2shift.web.console.translation.engine_texts import translate_engine_text
from b2shift.web.console.translation.error_texts import translate_error

__all__ = ["translate_engine_text", "translate_error"]
