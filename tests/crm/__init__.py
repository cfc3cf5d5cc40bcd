"""A host project's app that uses everything that the app offers a host."""
