"""The hall for programs that act for a customer: an MCP server on which each function that the policy admits is a tool."""

from onehall.channels.agent.routes import FRONT, routes

__all__ = ["FRONT", "routes"]
