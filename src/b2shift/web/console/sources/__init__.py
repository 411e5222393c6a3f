"""Sources: those declared, and the wizard that makes a declaration of the files somebody sends."""
