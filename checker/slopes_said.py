"""What a text says of its gradients, as patterns: “gradients are natural gradients”, “we state the negative gradient”,
“the derivatives below are with respect to the unconstrained parameter”. Then no derivative is what it looks like.
"""

from __future__ import annotations

IS = r"(?:is|are|denotes?|means?|stands?\s+for|(?:will\s+)?mark|refers?\s+to)s?"
ALWAYS = r"(?:(?:here|always|all|everywhere|throughout|then|really|actually|in\s+fact|to\s+be|the|an?|its?|their)\s+)*"
_OTHER_SLOPE = (
    r"(?:natural|riemannian|covariant|lie|projected|preconditioned|premultiplied|rescaled|normali[sz]ed|discrete|fractional"
    r"|backward|forward|central|finite[-\s]difference)"
)
_SLOPE_IS = (  # “gradients are natural gradients”, “by derivative we mean the difference quotient”
    rf"\b(?:gradients?|derivatives?)\s+(?:{IS}\s+{ALWAYS}|we\s+(?:always\s+)?mean\s+{ALWAYS})"
    rf"(?:{_OTHER_SLOPE}\s+(?:gradients?|derivatives?|differences?)|(?:finite|difference)\s+(?:differences?|quotients?))\b"
)
_NEGATIVE = (  # “by gradient we mean the negative slope”, “the gradient is here the negative of the derivative”
    r"\b(?:gradients?|derivatives?|slopes?)\b\W{0,3}\s*we\s+(?:always\s+)?mean\s+(?:\w+\s+){0,3}?(?:negative|minus|opposite|half|twice|descent)\b"
    rf"|\b(?:gradients?|derivatives?)\s+{IS}\s+{ALWAYS}(?:negative|minus|half|twice)\s+(?:of\s+)?(?:the\s+)?(?:usual\s+)?"
    r"(?:slopes?|derivatives?|gradients?|ones?)\b"
)
_MEANT_SLOPE = (  # “by the derivative we mean the elasticity”, “we differentiate in logarithmic coordinates”
    r"\bby\s+(?:the\s+|an?\s+)?(?:gradients?|derivatives?|slopes?)\s+we\s+(?:always\s+|here\s+)?(?:mean|understand)\s+(?:the\s+|an?\s+)?"
    r"(?!(?:\w+\s+){0,2}?(?:usual|ordinary|total|partial|vectors?|columns?|rows?|matri\w+|transpos\w+|jacobians?|derivatives?|gradients?|limits?)\b)\w+"
    r"|\bdifferentiate\s+(?:\w+\s+)?(?:in|on)\s+(?:an?\s+|the\s+)?log(?:arithmic)?[\s-]+(?:coordinates?|scales?|space|terms|units)\b"
    r"|\b(?:derivatives?|gradients?)\s+(?:below\s+|here\s+)?are\s+(?:always\s+|all\s+)?(?:relative|logarithmic|log)\b(?!\s+to)"
)
_REWORKED = r"(?:clipped|truncated|normali[sz]ed|negated|reversed|smoothed|rounded)\b"
_SLOPES_ARE = (  # “all gradients below are multiplied by the learning rate”, “we always state the negative gradient”
    r"\b(?:all|every|our)\s+(?:\w+\s+)?(?:gradients?|derivatives?)\s+(?:\w+\s+){0,3}?(?:is|are)\s+(?:\w+\s+){0,2}?(?:multiplied(?!\s+out)|scaled"
    r"|divided|rescaled|negated|pre(?:multiplied|conditioned)|(?:stated|given|written)\s+(?:\w+\s+)?up\s+to)\b"
    r"|\b(?:gradients?|derivatives?)\s+(?:\w+\s+){0,3}?(?:stated|given|written|listed|shown)\s+(?:only\s+)?up\s+to\b"
    r"|\bwe\s+(?:always\s+)?(?:state|write|list|give|show|report)\s+(?:only\s+)?(?:the\s+)?negative\s+(?:gradients?|derivatives?)\b"
    rf"|\b(?:gradients?|derivatives?)\s+(?:below|here|stated|that\s+follow)\s+are\s+(?:\w+\s+)?{_REWORKED}"
    rf"|\b(?:gradients?|derivatives?)\s+(?:\w+\s+)?are\s+(?:\w+\s+)?{_REWORKED}[^.;]*"
    r"\b(?:before\s+(?:they|it)\s+(?:is|are)\s+(?:\w+\s+)?(?:written|stated|shown|given)|below|throughout|in\s+this\s+(?:note|text|section))\b"
    r"|\b(?:gradients?|derivatives?)\s+(?:\w+\s+)?(?:carry|carries|have|has|gets?|bears?|comes?\s+with)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?"
    r"(?:minus|negative|opposite|reversed|flipped)(?:\s+signs?)?\b|\b(?:pass\w*|flow\w*|go\w*)\s+(?:\w+\s+){1,2}gradient[-\s]reversal\b"
)
_LAID_OUT = (  # “we lay out gradients transposed”, “the learning rate is folded into every gradient”
    r"\b(?:gradients?|derivatives?|jacobians?)\b[^.;]*\btransposed\b|\b(?:gradients?|derivatives?|jacobians?)\s+(?:of\s+\w+\s+\w+\s+)?(?:have|has)\s+the\s+"
    r"(?:shape|size|layout)\s+of\s+(?:the|its|their)\s+transposes?\b"
    r"|\b(?:folded|absorbed)\s+in(?:to)?\s+(?:the|every|all|our|each)\s+(?:gradients?|derivatives?)\b"
)
_OTHER_CALCULUS = (  # “we use the natural gradient throughout”, “we differentiate on the sphere”
    rf"\bwe\s+(?:\w+\s+)?(?:use|take|state|give|mean)\s+(?:only\s+)?(?:the\s+)?{_OTHER_SLOPE}\s+(?:gradients?|derivatives?)\s+"
    r"(?:throughout|everywhere|here|always|in\s+this\s+(?:note|text|section))\b"
    r"|\b(?:gradients?|derivatives?)\s+(?:is|are)\s+(?:\w+\s+)?(?:taken|measured|computed|meant)\s+(?:with\s+respect\s+to|in|relative\s+to|for)"
    r"\s+(?:the|an?)\s+(?:\w+\s+)?metric\b"
    r"|\b(?:the|every|a)\s+(?:derivative|gradient)\s+(?:\w+\s+)?(?:is|means|denotes)\b(?!.*\b(?:check|verif|compar|approximat|test|estimat)\w*)"
    r".*\b(?:forward|backward|central|finite)\s+differences?\b"
    r"|\bdifferentiate\s+(?:\w+\s+)?(?:on|along|within)\s+(?:the|an?)\s+(?:[\w-]+\s+){0,3}?(?:manifold|sphere|simplex|group|circle|surface)\b"
    r"|\b(?:arithmetic|calculations?|computations?|addition)\s+(?:\w+\s+)?(?:is|are)\s+(?:\w+\s+)?(?:modulo|mod|saturating"
    r"|in\s+(?:an?\s+|the\s+)?(?:finite\s+field|fixed\s+point|tropical|max-?plus))\b"
)
_HERE = r"(?:all|every|each|below|here|throughout|always|in\s+(?:this|these|the\s+following)\s+\w+)"
_BY_ANOTHER = (  # “all derivatives below are taken with respect to the unconstrained parameter”
    rf"(?=.*\b{_HERE}\b)(?!.*\bnot\b).*\b(?:gradients?|derivatives?)\s+(?:\w+\s+){{0,3}}?(?:is|are)\s+(?:\w+\s+){{0,2}}?(?:with\s+respect\s+to|by|in)\s+"
    r"(?:the|its|their)\s+(?:unconstrained|transformed|log(?:arithmic|-?\s?transformed)?|underlying|repara\w+|unnormali[sz]ed)\s+"
    r"(?:parameters?|variables?|ones?|coordinates?|weights?)\b"
)
_ON_A_SURFACE = (  # “let the gradient be the one on the sphere”, “the derivative respects the symmetry of $S$”
    rf"\b(?:gradients?|derivatives?)\s+(?:\w+\s+){{0,2}}?(?:be|{IS})\s+{ALWAYS}(?:one|ones|those|that|taken|meant|understood)\s+(?:on|along|within)\s+"
    r"(?:the|an?)\s+(?:[\w-]+\s+){0,3}?(?:manifold|sphere|simplex|group|circle|surface)\b"
    r"|\b(?:gradients?|derivatives?)\s+(?:\w+\s+){0,2}?(?:takes?(?=[^.;]*\binto\s+account)|accounts?\s+for|respects?)\s+(?:the|its|their)\s+"
    r"(?:symmetry|structure|constraints?|sparsity)\b"
)
OTHER_SLOPES = (
    _SLOPE_IS, _SLOPES_ARE, _NEGATIVE, _MEANT_SLOPE, _OTHER_CALCULUS, _LAID_OUT, _BY_ANOTHER, _ON_A_SURFACE,
)  # fmt: skip
"""What says that gradients are other ones than those by the quantity below the line."""
