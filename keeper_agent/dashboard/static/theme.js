// Before anything is painted: the colours the visitor chose, if any; else those of the system.
try {
  const chosen = localStorage.getItem("keeper-theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch { /* storage may be forbidden: the system's colours then */ }
