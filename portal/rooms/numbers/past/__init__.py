"""历史事项导入: matters finished on paper before the portal was used, with their numbers."""
