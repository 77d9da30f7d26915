"""The edition for assistants: a server of the Model Context Protocol over standard input and output (extra ``mcp``).

`tools` answers, `answer` puts answers into words and data, `server` speaks the protocol with the official SDK. Everything here
only reads.
"""
