"""What the stages hand each other and the world.

Everything here is an immutable pydantic model or a pure function over text; nothing here imports
from ``pipeline``. The contract with the world is :class:`models.directive.Directive`.
"""
