/** An event of the window: the token is another one, and its owner is not. */
export const RENEWED = 'pollux:renewed';
