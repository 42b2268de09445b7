"""Lets a chat model word an answer that the composer has settled; what it writes is kept only where the evidence carries it."""

from bot.generate.faithful import faithful_to
from bot.generate.model import ChatModel, open_chat_model
from bot.generate.writer import PATIENCE, ChatWriter, Masked, Masker, Patience

__all__ = ["PATIENCE", "ChatModel", "ChatWriter", "Masked", "Masker", "Patience", "faithful_to", "open_chat_model"]
