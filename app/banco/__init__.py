"""O banco: motor, servidor embutido, carga em massa, migrações e cópias; não conhece as regras da fábrica."""
