# lanyard: the user's tool.
