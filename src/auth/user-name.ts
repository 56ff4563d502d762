/** What a person or service may be called: it stands in commands, grants and logs. */
export const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{2,49}$/;
