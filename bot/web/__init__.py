"""The Gradio pages, one file each, and the middleware round them."""
