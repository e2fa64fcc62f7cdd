// Tells require.js where the widgets' front end lies: beside this file, from whatever page it is loaded.
(() => {
  const here = document.currentScript.src.replace(/assets\.js.*$/, "");
  window.requirejs.config({ paths: { anywidget: `${here}anywidget` } });
})();
