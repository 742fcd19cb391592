"""{% csrf_token %} of every template, with the token of the form beside it."""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from accounts.keeping import form_token
from bandian.web.posting import FORM_TOKEN

register = template.Library()


class FormTokensNode(CsrfTokenNode):
    def render(self, context: Context) -> str:
        tokens = super().render(context)
        request = getattr(context, "request", None)
        if not tokens or request is None:
            return tokens
        return tokens + format_html('<input type="hidden" name="{}" value="{}">', FORM_TOKEN, form_token.issue(request))


@register.tag("csrf_token")
def form_tokens(parser: Parser, token: Token) -> FormTokensNode:
    return FormTokensNode()
