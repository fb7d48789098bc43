"""Which licences let weights be used for any purpose, shops and companies included.

A table of facts; what is not in it is not permissive here, since "unknown" must never pass.
Identifiers as in the SPDX list, https://spdx.org/licenses.
"""

PERMISSIVE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC-BY-3.0",
        "CC-BY-4.0",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "Unlicense",
        "Zlib",
        "none needed",  # a method without weights
    }
)
_BY_LOWER_CASE = {one.lower() for one in PERMISSIVE}


def is_permissive(licence: str) -> bool:
    """Whether a licence lets the weights be used for any purpose, commercial ones included.

    Args:
        licence: An SPDX identifier, in capitals or not; several joined by " AND " (each must be
            permissive) or " OR " (one must be); or "none needed".

    Returns:
        False for all that is not in the table: licences for research only, sentences, "unknown".
    """
    return any(
        all(part.strip().lower() in _BY_LOWER_CASE for part in choice.split(" AND "))
        for choice in licence.split(" OR ")
    )
