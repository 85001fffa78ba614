"""The plain words of every reason code, in English: the source text that pages translate."""

from typing import Final

WORDS: Final[dict[str, str]] = {
    "brand-word": "contains the brand name “{about}” as a word of its own",
    "brand-joined": "contains the brand name “{about}” joined to other words",
    "brand-part": "begins or ends with the brand name “{about}”",
    "brand-host": "puts the brand's own address “{about}” in front of somebody else's domain",
    "brand-subdomain": "uses the brand name “{about}” as a sub-domain of somebody else's domain",
    "brand-tld": "is the brand's own name “{about}” under another ending",
    "confusable": "uses look-alike characters that read as “{about}”",
    "ascii-trick": "swaps characters that look alike, and reads as “{about}”",
    "typo": "is one slip of the keyboard away from “{about}”",
    "bit-flip": "is one flipped bit away from “{about}”",
    "near": "differs in two letters from “{about}”",
    "punycode": "is written in international characters: {about}",
    "lure": "carries the lure word “{about}”",
    "ending": "uses the ending “{about}”, which abusers favour",
    "series": "follows the pattern of a series: {about}",
    "lure-kind": "reads like a name that lures with: {about}",
    "made": "has letters that look as if nobody chose them",
    "resembles": "reads like an imitation of “{about}”",
    "model": "reads like the names of reported phishing sites",
    "ordinary-word": "“{about}” is also an ordinary word here, so it counts only in company",
    "official": "belongs to the brand",
    "tenant": "is one tenant's name under “{about}”",
}
