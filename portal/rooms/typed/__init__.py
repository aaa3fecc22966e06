"""自动保存 (SPEC §8.14): what somebody is typing is kept until it is sent."""
