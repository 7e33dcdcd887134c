"""Check whether web pages answer: a queue of jobs in Redis, and a worker that does them."""
