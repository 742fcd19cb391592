"""Marks on the pages whose producer left their look to the viewer."""
