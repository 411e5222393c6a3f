"""What the text of a policy shows to be wrong before anybody is contacted: each module looks for one kind of fault."""
