"""A mixture of SDKs: which share of the devices of a platform has which, in TOML.

    summary = "Apps as they are in the field."

    [ios.flutter]               # of the iPhones; the shares of a platform add up to 1
    share = 0.5
    assumption = "…"            # or source = "…"

    [ios.none]                  # by no SDK: an app of the API's own page
    share = 0.5
    assumption = "…"

What the devices of a platform that is left out run is such an app.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulator.sdks.sdk import NO_SDK, PLATFORMS, Sdk, SdkError, sdk_of
from simulator.sourced import misshared, unknown

NONE: Final = NO_SDK.name
_HERE: Final = Path(__file__).parent
SDKS: Final = tuple(sorted(path.stem for path in _HERE.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Mixture:
    """The SDKs of a platform's devices, each by its share; a platform that is not there has none."""

    name: str
    summary: str
    shares: Mapping[str, tuple[tuple[Sdk, float], ...]]

    @property
    def sdks(self) -> tuple[Sdk, ...]:
        """Each once; no SDK at all, which some devices always have, first."""
        return tuple(dict.fromkeys([NO_SDK, *(sdk for found in self.shares.values() for sdk, _ in found)]))

    @property
    def fingerprint(self) -> str:
        """All that decides what a device registers, in words: fleets of one seed that differ in it are two."""
        said = (_said(platform, sdk, share) for platform, found in self.shares.items() for sdk, share in found)
        return "; ".join([self.name, *said])


def _said(platform: str, sdk: Sdk, share: float) -> str:
    kinds = ",".join(kind.wire for kind in dict(sdk.types).get(platform, ()))
    told = (platform, str(share), sdk.name, kinds, sdk.tokens, dict(sdk.keepers).get(platform))
    return " ".join(each for each in told if each)


def read_mixture(name: str) -> Mixture:
    """The mixture of this name; one SDK alone, on all devices that can have it, is one too. Raises SdkError."""
    if name not in SDKS:
        raise SdkError(f"--sdk {name} is unknown: choose from {', '.join((NONE, *SDKS))}.")
    document = _document(name)
    if _is_mixture(document):
        return _mixture(name, document)
    sdk = sdk_of(name, document)
    return Mixture(name, sdk.summary, dict.fromkeys(sdk.platforms, ((sdk, 1.0),)))


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text("utf-8"))


def _is_mixture(document: Mapping[str, Any]) -> bool:
    return "types" not in document


def _mixture(name: str, document: Mapping[str, Any]) -> Mixture:
    documents = {each: found for each in SDKS if not _is_mixture(found := _document(each))}
    sdks = {NONE: NO_SDK, **{each: sdk_of(each, found) for each, found in documents.items()}}
    if errors := list(mistakes_of_mixture(document, sdks)):
        raise SdkError("\n".join(f"SDK {name}: {error}" for error in errors))
    shares = {
        platform: tuple((sdks[each], float(table["share"])) for each, table in document[platform].items())
        for platform in PLATFORMS
        if platform in document
    }
    return Mixture(name, document["summary"], shares)


def mistakes_of_mixture(document: Mapping[str, Any], sdks: Mapping[str, Sdk]) -> Iterator[str]:
    """A sentence for each thing that is wrong with a mixture's file; `sdks` are those that there are, by name."""
    yield from unknown("", document, ("summary", *PLATFORMS))
    if not isinstance(document.get("summary"), str):
        yield "it has no summary: tell the mixture in a sentence."
    if not any(platform in document for platform in PLATFORMS):
        yield f"it has no SDKs: add a table such as [ios.flutter], of one of {', '.join(PLATFORMS)}."
    for platform in PLATFORMS:
        tables = document.get(platform, {})
        if isinstance(tables, dict):
            yield from _of_platform(platform, tables, {name: sdk for name, sdk in sdks.items() if _runs(sdk, platform)})
        else:
            yield f"{platform} is no table: write [{platform}.flutter] and its share below."


def _runs(sdk: Sdk, platform: str) -> bool:
    return sdk is NO_SDK or platform in sdk.platforms


def _of_platform(platform: str, tables: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    for name in tables:
        if name not in known:
            yield f"{platform}.{name} is no SDK that runs there: choose from {', '.join(known)}."
    yield from misshared(platform, tables)
