"""Reading meaning, where the host has switched it on: models in files, vectors on disk, and what they do to a ranking.

Nothing here is ever downloaded, and onnxruntime and tokenizers are loaded only where a model is named.
"""
