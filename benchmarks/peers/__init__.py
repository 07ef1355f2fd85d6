"""Small applications of other libraries, each as its documentation would have it."""
