"""The ONNX graph."""
