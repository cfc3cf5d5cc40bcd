"""The benchmarks judge as they say, and memory stays flat."""
