/** The address of X's API, without the version. */
export const X_API = 'https://api.x.com';
