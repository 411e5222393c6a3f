"""Pages for analysts, marketing, managers, executors and executives."""
