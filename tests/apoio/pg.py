"""(em construção)"""
