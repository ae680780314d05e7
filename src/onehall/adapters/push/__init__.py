"""Push services: the real ones of the browsers (Web Push with VAPID), and simulated browsers."""
