// The tag of a style sheet inside a script: editors colour it and prettier lays it out. Nothing may be filled in: what
// travels is minified (`chat.services.widget_files`).

export const css = ({ raw }) => raw[0];
