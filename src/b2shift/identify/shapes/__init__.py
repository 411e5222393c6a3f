"""The shapes behind `contracts`, one file per idea; everybody else imports them from there."""
