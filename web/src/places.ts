/** The places of the page, in the order of the navigation, and the key that leads there. A place is listed once it is filled. */
export const places = [
  { to: "/", title: "Overview", key: "o" },
  { to: "/explore", title: "Explore", key: "e" },
  { to: "/sessions", title: "Sessions", key: "s" },
  { to: "/changes", title: "Changes", key: "c" },
  { to: "/code", title: "Code", key: "d" },
  { to: "/delivery", title: "Delivery", key: "l" },
  { to: "/sources", title: "Sources", key: "u" },
  { to: "/stored", title: "What is stored", key: "w" },
] as const;
