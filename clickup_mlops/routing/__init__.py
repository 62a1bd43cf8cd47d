"""The main job: what kind of work is a task, how urgent is it, therefore which priority. Pure."""
