"""A chat model named in the settings, opened through LangChain with every limit set: time, size, tokens, redirects.

The three provider libraries bring different HTTP clients, so the limits on a response hang on the one thing these share, the event hook.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.errors import ChatModelError
from bot.generate.reply import Reply

HOSTS = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com", "ollama": "http://127.0.0.1:11434"}
KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
MOST_TOKENS = 3_000  # written for one answer; models that think before they write need the most of it
MOST_BYTES = 1_000_000  # of one response: 3,000 tokens streamed as events of 250 bytes
CONTEXT = 8_192  # tokens an Ollama model is opened with; it cuts a longer prompt without saying so


@dataclass(frozen=True)
class Piece:
    """Part of a reply, and the tokens counted so far where the provider says."""

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True)
class ChatModel:
    """A chat model that is ready to be asked.

    Attributes:
        name: as in the settings, "openai:gpt-5-mini".
        local: its host is this machine.
        model: a LangChain chat model.
    """

    name: str
    local: bool
    model: Any

    def pieces(self, messages: Sequence[tuple[str, str]], *, plain: bool) -> Iterator[Piece]:
        """What the model writes, as it arrives.

        Args:
            messages: (role, text).
            plain: ask for text in one response, for hosts that take no schema, tools or streaming.
        """
        if plain:
            yield _piece(self.model.invoke(list(messages)))
            return
        # The model alone, without LangChain's parser behind it, which reads the whole reply anew with every chunk: 15 s for 200 statements.
        for message in self.model.with_structured_output(Reply.model_json_schema()).first.stream(list(messages)):
            yield _piece(message)


def _piece(message: Any) -> Piece:
    arguments = [c.get("args") or "" for c in getattr(message, "tool_call_chunks", [])]
    usage = message.usage_metadata or {}
    return Piece("".join([str(message.text), *arguments]), usage.get("input_tokens"), usage.get("output_tokens"))


def is_local(url: str) -> bool:
    """True if the host of a URL is this machine.

    Raises:
        ChatModelError: it is no http or https URL.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise ChatModelError(f"PATIENT_RIGHTS_CHAT_BASE_URL is {url!r}, wanted http(s)://HOST[:PORT][/PATH] without a name or password")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def open_chat_model(name: str, base_url: str | None = None, *, seconds: float = 20.0) -> ChatModel:
    """The chat model of a name like "ollama:llama3.2".

    Args:
        name: provider and model.
        base_url: where it answers, if not where the provider does.
        seconds: longest wait for one response.

    Raises:
        ChatModelError: the name, the URL, the provider's package or its key is wanting.
    """
    provider, _, model = name.partition(":")
    if provider not in HOSTS or not model:
        raise ChatModelError(f"PATIENT_RIGHTS_CHAT_MODEL is {name!r}, wanted PROVIDER:MODEL with one of {', '.join(HOSTS)}")
    url = base_url or HOSTS[provider]
    local = is_local(url)
    key = os.environ.get(KEYS.get(provider, ""), "")
    if provider in KEYS and not key and not base_url:
        raise ChatModelError(f"chat model {name!r} needs a key; set {KEYS[provider]}, or PATIENT_RIGHTS_CHAT_BASE_URL for another host")
    from langchain.chat_models import init_chat_model

    limits = _client_options(seconds, local=local)
    try:
        options = _options(provider, key or "none", limits, seconds, stock=not base_url)
        opened = init_chat_model(model, model_provider=provider, base_url=url, **options)
        if provider == "anthropic":
            # ChatAnthropic takes no HTTP client; this is where it looks for the one it has made.
            client = importlib.import_module("anthropic").DefaultHttpxClient(**limits)
            opened.__dict__["_client"] = opened._client.with_options(http_client=client)
    except ImportError as e:
        raise ChatModelError(
            f"chat model {name!r} needs langchain-{provider}, which is absent; run `pip install 'patient-rights-desk[{provider}]'`"
        ) from e
    return ChatModel(name, local, opened)


def _options(provider: str, key: str, limits: dict[str, Any], seconds: float, *, stock: bool) -> dict[str, Any]:
    if provider == "ollama":
        return {"sync_client_kwargs": limits, "num_predict": MOST_TOKENS, "num_ctx": CONTEXT}
    options: dict[str, Any] = {"api_key": key, "timeout": seconds, "max_retries": 0, "max_tokens": MOST_TOKENS}
    if provider == "openai":
        importlib.import_module("langchain_openai")  # its absence is told before that of `openai`
        # Other hosts may not know the option that asks for the count of tokens.
        options |= {"http_client": importlib.import_module("openai").DefaultHttpxClient(**limits), "stream_usage": stock}
    return options


def _client_options(seconds: float, *, local: bool) -> dict[str, Any]:
    """What the HTTP client is made with: no redirects, since they would carry a question elsewhere, and no proxy for this machine."""
    hook = _limiting(seconds)
    return {
        "timeout": seconds,
        "follow_redirects": False,
        "trust_env": not local,
        "headers": {"accept-encoding": "identity"},
        "event_hooks": {"response": [hook]},
    }


def _limiting(seconds: float) -> Callable[[Any], None]:
    """A hook that lets a response bring at most `MOST_BYTES`, for at most `seconds`, and nothing packed."""

    def limit(response: Any) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ChatModelError("the chat model's host sent a packed response, wanted a plain one")
        inner, until = response.stream, time.monotonic() + seconds
        stream = next(c for c in type(inner).__mro__ if c.__name__ == "SyncByteStream")

        class Limited(stream):  # type: ignore[misc, valid-type]
            def __iter__(self) -> Iterator[bytes]:
                brought = 0
                for chunk in inner:
                    brought += len(chunk)
                    if brought > MOST_BYTES or time.monotonic() > until:
                        raise ChatModelError(f"the chat model's host sent {brought} bytes, wanted at most {MOST_BYTES} in {seconds:g} s")
                    yield chunk

            def close(self) -> None:
                inner.close()

        response.stream = Limited()

    return limit
